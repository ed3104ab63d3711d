/** A JSON object as it came over the wire: nothing about it is known yet. */
export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as an object, or an empty one. */
export function toObject(value: unknown): Json {
  return isObject(value) ? value : {};
}

/** The value as a list of objects; entries of another kind become empty objects. */
export function toObjects(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(toObject) : [];
}

export function toText(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A snowflake may be written as a number or as text. */
export function toId(value: unknown): string {
  return typeof value === 'number' || typeof value === 'bigint' ? String(value) : toText(value);
}

/** The object without its `null` fields: what was sent as `null` is not there in the answer. */
export function dropNulls(value: Json): Json {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null));
}
