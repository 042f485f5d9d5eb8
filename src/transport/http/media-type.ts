const JSON_TYPES = new Set(["application/json", "application/json-rpc", "application/jsonrequest"]);

/**
 * Whether a `Content-Type` header (RFC 9110, section 8.3) announces JSON, in UTF-8 (RFC 8259, section 8.1).
 *
 * `application/json-rpc` and `application/jsonrequest` are what old drafts of JSON-RPC over HTTP had.
 */
export function isJson(contentType: string | null | undefined): boolean {
  if (!contentType) return false;
  if (contentType === "application/json") return true;
  const [type = "", ...parameters] = contentType.split(";");
  if (!JSON_TYPES.has(type.trim().toLowerCase())) return false;
  return parameters.every((parameter) => {
    const [name = "", value = ""] = parameter.split("=");
    return name.trim().toLowerCase() !== "charset" || /^\s*"?utf-?8"?\s*$/i.test(value);
  });
}
