import {
  type Account,
  createAccount,
  createOperator,
  createUser,
  encodeAccount,
  encodeOperator,
  encodeUser,
  fmtCreds,
  type User,
} from "@nats-io/jwt";

/**
 * Who may use a broker, decentralised as NATS has it: an operator signs accounts, an account signs users, and the broker knows the
 * operator alone (https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/jwt).
 */
export interface Accounts {
  /** For the broker's configuration: whom it trusts, and the accounts themselves. */
  readonly config: string;
  /**
   * A user's credentials file, signed by the account.
   *
   * @param expires - when they run out, in seconds since 1970
   */
  credentials(account: string, user?: Partial<User>, expires?: number): Promise<Uint8Array>;
}

const NO_LIMITS: Partial<Account> = {
  limits: { conn: -1, subs: -1, data: -1, payload: -1, imports: -1, exports: -1, leaf: -1, wildcards: true },
} as Partial<Account>;

/** An operator with accounts, whose keys nobody else has. */
export async function makeAccounts(...names: readonly string[]): Promise<Accounts> {
  const operator = createOperator();
  const accounts = new Map(names.map((name) => [name, createAccount()]));
  const signed = [...accounts].map(async ([name, key]) => {
    const token = await encodeAccount(name, key, NO_LIMITS, { signer: operator });
    return `${key.getPublicKey()}: ${token}`;
  });
  const preload = (await Promise.all(signed)).join("\n");
  return {
    config: `operator: ${await encodeOperator("operator", operator)}\nresolver: MEMORY\nresolver_preload: {\n${preload}\n}`,
    async credentials(account, user = {}, expires) {
      const key = createUser();
      const signer = accounts.get(account);
      if (!signer) throw new RangeError(`expected one of ${names.join(", ")}, got ${account}`);
      return fmtCreds(await encodeUser("user", key, signer, user, expires === undefined ? {} : { exp: expires }), key);
    },
  };
}
