/** The part of the program's logger that is used here. */
export interface LogTarget {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** What is logged of whatever was thrown: never the request behind it, whose address may hold a token. */
export function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
