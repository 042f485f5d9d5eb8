import type { InfoObject, OpenRpcDocument, ServerObject } from "../../openrpc/document/document.ts";
import type { Method } from "../method.ts";
import { describeMethod } from "./describe-method.ts";
import { SchemaStore } from "./schema-store.ts";

/** What the document says of the service as a whole. */
export interface DiscoverOptions {
  /** Default: the title `"JSON-RPC service"`, and the version `"0.0.0"`. */
  readonly info?: InfoObject;
  /** Where it can be reached. Default: nothing is said. */
  readonly servers?: readonly ServerObject[];
}

/** The name that the OpenRPC specification gives the method ("Service Discovery Method"). */
export const discoverMethod = "rpc.discover";

/** The OpenRPC document of a service: made when it is asked for, and kept until there are other methods. */
export class Discovery {
  readonly #options: DiscoverOptions;
  readonly #methods: ReadonlyMap<string, Method>;
  #document: OpenRpcDocument | undefined;

  constructor(options: DiscoverOptions, methods: ReadonlyMap<string, Method>) {
    const { info } = options;
    if (info !== undefined && (typeof info?.title !== "string" || typeof info.version !== "string")) {
      throw new TypeError("discover: expected info with a title and a version, which are strings");
    }
    this.#options = options;
    this.#methods = methods;
  }

  get document(): OpenRpcDocument {
    this.#document ??= this.#describe();
    return this.#document;
  }

  /** To be called when there are other methods. */
  forget(): void {
    this.#document = undefined;
  }

  #describe(): OpenRpcDocument {
    const { info = { title: "JSON-RPC service", version: "0.0.0" }, servers } = this.#options;
    const store = new SchemaStore();
    const methods = [...this.#methods.values()].filter(({ name }) => name !== discoverMethod);
    const described = methods.map((method) => describeMethod(method, store));
    const schemas = store.components;
    return {
      openrpc: "1.3.2",
      info,
      ...(servers && { servers }),
      methods: described,
      ...(Object.keys(schemas).length > 0 && { components: { schemas } }),
    };
  }
}
