// Loaded into every process that runs a test file: ends one that does not end by itself, and says what holds it open.

const fileTimeout = 120_000; // ms

if (process.env.NODE_TEST_CONTEXT !== undefined) {
  setTimeout(() => {
    const held = process.getActiveResourcesInfo().join(", ");
    console.error(`${process.argv[1]} did not end within ${fileTimeout / 1000} s; still open: ${held}`);
    process.exit(1);
  }, fileTimeout).unref();
}
