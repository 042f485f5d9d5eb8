/** A type of the browser's that the MCP SDK's types name, and the types of Node.js 20 do not have by that name. */
type HeadersInit = ConstructorParameters<typeof Headers>[0];
