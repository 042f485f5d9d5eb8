/** What was asked for makes no sense: an option, a word, a file. Its message says what was expected. */
export class UsageError extends Error {
  override name = "UsageError";
}
