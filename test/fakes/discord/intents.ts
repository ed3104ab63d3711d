/** The intents whose events this fake sends, and the privileged ones that it may refuse. */
export const intentBits = {
  GUILDS: 1 << 0,
  GUILD_MEMBERS: 1 << 1,
  GUILD_PRESENCES: 1 << 8,
  GUILD_MESSAGES: 1 << 9,
  GUILD_MESSAGE_REACTIONS: 1 << 10,
  DIRECT_MESSAGES: 1 << 12,
  DIRECT_MESSAGE_REACTIONS: 1 << 13,
  MESSAGE_CONTENT: 1 << 15,
} as const;

export type IntentName = keyof typeof intentBits;

export const privilegedIntents = ['GUILD_MEMBERS', 'GUILD_PRESENCES', 'MESSAGE_CONTENT'] as const;
export type PrivilegedIntent = (typeof privilegedIntents)[number];

/** The highest intent bit that Discord knows today. */
export const maxIntents = 1 << 26;
