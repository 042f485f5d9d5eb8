const platform = globalThis as { readonly process?: { readonly nextTick?: (action: () => void) => void } };

/** Does something at the end of this turn. Node.js' own way comes behind all promises, so more is gathered by then. */
export const soon: (action: () => void) => void = platform.process?.nextTick ?? queueMicrotask;
