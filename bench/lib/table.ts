/** A table for people: the first column to the left, the others to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join("  ")
      .trimEnd();
  return [line(head), widths.map((width) => "-".repeat(width)).join("  "), ...rows.map(line)].join("\n");
}

export function round(value: number, digits: number): string {
  return Number.isFinite(value) ? value.toFixed(digits) : "-";
}

/** 612345 as 612,000: more digits would be noise. */
export function rough(value: number): string {
  if (!Number.isFinite(value)) return "-";
  const scale = 10 ** Math.max(Math.floor(Math.log10(Math.max(value, 1))) - 2, 0);
  return (Math.round(value / scale) * scale).toLocaleString("en-US");
}
