/** The rights that a bot like ours can meet, by Discord's names. */
export const permissionBits = {
  ADMINISTRATOR: 1n << 3n,
  MANAGE_CHANNELS: 1n << 4n,
  MANAGE_GUILD: 1n << 5n,
  ADD_REACTIONS: 1n << 6n,
  VIEW_CHANNEL: 1n << 10n,
  SEND_MESSAGES: 1n << 11n,
  MANAGE_MESSAGES: 1n << 13n,
  EMBED_LINKS: 1n << 14n,
  ATTACH_FILES: 1n << 15n,
  READ_MESSAGE_HISTORY: 1n << 16n,
  MENTION_EVERYONE: 1n << 17n,
  USE_EXTERNAL_EMOJIS: 1n << 18n,
  USE_APPLICATION_COMMANDS: 1n << 31n,
  MANAGE_THREADS: 1n << 34n,
  CREATE_PUBLIC_THREADS: 1n << 35n,
  CREATE_PRIVATE_THREADS: 1n << 36n,
  SEND_MESSAGES_IN_THREADS: 1n << 38n,
} as const;

export type PermissionName = keyof typeof permissionBits;

export const everyPermission = Object.values(permissionBits).reduce((sum, bit) => sum | bit, 0n);

/** What a member of a server can do by default: talk, attach, react, open threads, use commands. */
export const memberPermissions = toBits([
  'ADD_REACTIONS',
  'VIEW_CHANNEL',
  'SEND_MESSAGES',
  'EMBED_LINKS',
  'ATTACH_FILES',
  'READ_MESSAGE_HISTORY',
  'USE_EXTERNAL_EMOJIS',
  'USE_APPLICATION_COMMANDS',
  'CREATE_PUBLIC_THREADS',
  'SEND_MESSAGES_IN_THREADS',
]);

/** What the invite link asks for, as the bot's own role holds it. */
export const invitePermissions = 309_237_763_136n;

export function toBits(names: readonly PermissionName[]): bigint {
  return names.reduce((sum, name) => sum | permissionBits[name], 0n);
}

export function hasPermission(bits: bigint, name: PermissionName): boolean {
  return (
    (bits & permissionBits.ADMINISTRATOR) !== 0n ||
    (bits & permissionBits[name]) === permissionBits[name]
  );
}
