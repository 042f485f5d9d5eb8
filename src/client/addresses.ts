import { type Interpose, type Route, routeTo } from "../transport/registry.ts";

/** Where a client's server may be: an address or several, and which of them is to be tried first. */
export class Addresses {
  readonly #routes: readonly [Route, ...Route[]];
  #first = 0;

  /**
   * @param interpose - see `routeTo`
   * @throws InvalidAddressError when one is no address
   * @throws TypeError when there is none
   */
  constructor(given: string | URL | readonly (string | URL)[], interpose?: Interpose) {
    const addresses: readonly (string | URL)[] = Array.isArray(given) ? given : [given];
    const [first, ...others] = addresses.map((address) => routeTo(address, interpose));
    if (!first) throw new TypeError("expected an address or several, got an empty list");
    this.#routes = [first, ...others];
  }

  /** Whether there is more than one. */
  get several(): boolean {
    return this.#routes.length > 1;
  }

  /** The one that is tried first: the last that was good, or the next behind one that failed. */
  get first(): Route {
    return this.#routes[this.#first] ?? this.#routes[0];
  }

  /** All of them, in the order in which they are tried now. */
  get inTurn(): readonly Route[] {
    return [...this.#routes.slice(this.#first), ...this.#routes.slice(0, this.#first)];
  }

  /** All of them in the order in which they were given, as they may be shown. */
  get shown(): readonly string[] {
    return this.#routes.map(({ address }) => address.shown);
  }

  /** One failed, or closes: if it was the first, the next one is. What others found out before changes nothing. */
  pass(route: Route): void {
    if (this.#routes[this.#first] === route) this.#first = (this.#first + 1) % this.#routes.length;
  }
}
