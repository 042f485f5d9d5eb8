// A child process that sends back what its parent sends it.
process.on("message", (message) => process.send?.(message));
