/** Takes one out of a short list. Not out of a Set, for what a `Roster` says. */
export function drop<T>(list: T[], one: T): void {
  const at = list.indexOf(one);
  if (at >= 0) list.splice(at, 1);
}
