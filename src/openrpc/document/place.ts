import { InvalidDocumentError, shown } from "./invalid-document-error.ts";

/**
 * A value of a document together with where it stands. Reads members by what they should be, and says where one is not.
 * Only own members count, so that no name, `constructor` or `__proto__`, finds anything that the document does not have.
 */
export class Place {
  readonly value: unknown;
  readonly parent: Place | undefined;
  /** The member of the parent; `""` for the whole document. */
  readonly key: string;
  #pointer: string | undefined;

  constructor(value: unknown, parent?: Place, key = "") {
    this.value = value;
    this.parent = parent;
    this.key = key;
  }

  /** As a JSON pointer (RFC 6901). */
  get pointer(): string {
    this.#pointer ??= this.parent ? `${this.parent.pointer}/${escaped(this.key)}` : "";
    return this.#pointer;
  }

  /** The nearest first, the document last. */
  get ancestors(): Place[] {
    return this.parent ? [this.parent, ...this.parent.ancestors] : [];
  }

  get isObject(): boolean {
    return typeof this.value === "object" && this.value !== null && !Array.isArray(this.value);
  }

  /** The place of a member, or of an element by its index. */
  at(key: string): Place | undefined {
    const { value } = this;
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    if (Array.isArray(value) && !/^(0|[1-9]\d*)$/.test(key)) return undefined;
    const member = (value as { readonly [key: string]: unknown })[key];
    return member === undefined ? undefined : new Place(member, this, key);
  }

  has(key: string): boolean {
    return this.at(key) !== undefined;
  }

  /** @throws InvalidDocumentError when it is no object */
  object(): this {
    return this.isObject ? this : this.fail("an object");
  }

  /** @throws InvalidDocumentError when there is no such member */
  need(key: string): Place {
    const member = this.object().at(key);
    if (member) return member;
    throw new InvalidDocumentError(this.pointer, `expected an object with ${key}, got one without`);
  }

  /** @throws InvalidDocumentError when there is no string, or an empty one */
  name(key: string): string {
    const name = this.need(key);
    return typeof name.value === "string" && name.value !== "" ? name.value : name.fail("a string that is not empty");
  }

  /** @throws InvalidDocumentError when there is something else than a string */
  text(key: string): string | undefined {
    const text = this.at(key);
    if (text === undefined || typeof text.value === "string") return text?.value as string | undefined;
    return text.fail("a string");
  }

  /** @throws InvalidDocumentError when there is something else than `true` or `false` */
  flag(key: string): boolean {
    const flag = this.at(key);
    if (flag === undefined || typeof flag.value === "boolean") return flag?.value === true;
    return flag.fail("true or false");
  }

  /** The elements of an array; none when there is no such member. @throws InvalidDocumentError when it is no array */
  list(key: string): Place[] {
    return this.at(key)?.elements() ?? [];
  }

  /** @throws InvalidDocumentError when it is no array */
  elements(): Place[] {
    if (!Array.isArray(this.value)) return this.fail("an array");
    return this.value.map((element, index) => new Place(element, this, String(index)));
  }

  /** The members of an object; none when there is no such object. @throws InvalidDocumentError when it is no object */
  members(key: string): Place[] {
    const object = this.at(key)?.object();
    return object ? Object.entries(object.value as object).map(([name, value]) => new Place(value, object, name)) : [];
  }

  fail(expected: string): never {
    throw new InvalidDocumentError(this.pointer, `expected ${expected}, got ${shown(this.value)}`);
  }
}

function escaped(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}
