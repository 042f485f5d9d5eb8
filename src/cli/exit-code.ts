/** What the command exits with. docs/cli.md tells its users. */
export const ExitCode = {
  /** It did what was asked for; a call was answered with a result. */
  Ok: 0,
  /** An error answer; or what was checked or compared is not as it should be. */
  Negative: 1,
  /** The command line makes no sense, or a file that it names. */
  Usage: 2,
  /** No connection came about, or it was lost; or an address cannot be listened on. */
  NoConnection: 3,
  /** No answer in time. */
  Timeout: 4,
  /** Something was answered that is no JSON-RPC, or no OpenRPC document where one was needed. */
  InvalidAnswer: 5,
  /** A fault of this program. */
  Fault: 70,
  /** What it had to say could not be written: a full disk. The numbers are those of BSD's sysexits.h. */
  OutputLost: 74,
  /** Ctrl-C: 128 and the number of SIGINT, as shells have it. */
  Interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
