/* A user's seed: base 32, with a checksum that the official client looks at. */
const SEED = /^\s*(SU[A-Z2-7]{56})\s*$/m;

/** The seed of a user's nkey in a text: by itself, or between lines that say what it is, as in a credentials file. */
export function seedIn(text: string): string | undefined {
  return SEED.exec(text)?.[1];
}
