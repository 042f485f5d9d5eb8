/** Types of the browser's that peers name in their own types, and that the types of Node.js 20 do not have. */

// Of the MCP SDK.
type HeadersInit = ConstructorParameters<typeof Headers>[0];

// Of rpc-websockets.
type AddEventListenerOptions = NonNullable<Exclude<Parameters<EventTarget["addEventListener"]>[2], boolean>>;

interface WebSocketEventMap {
  readonly open: Event;
  readonly message: MessageEvent;
  readonly error: Event;
  readonly close: Event;
}
