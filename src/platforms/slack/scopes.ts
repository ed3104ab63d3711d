/** What each right of the bot is for; the manifest asks for these and `doctor` compares them. */
export const botScopes: Readonly<Record<string, string>> = {
  commands: 'the slash commands and shortcuts',
  'chat:write': 'posting and editing its own messages',
  'files:write': 'uploading the pictures',
  'files:read': 'seeing when a picture is ready to be shown',
  'reactions:read': 'votes and rerolls by reaction',
  'reactions:write': 'putting the first reactions under a result',
  'app_mentions:read': 'requests by mention, the only way inside a thread',
  'channels:read': 'checking that it is a member of a public channel',
  'groups:read': 'checking that it is a member of a private channel',
  'channels:history': 'finding its own messages again, so that nothing is posted twice',
  'groups:history': 'the same in private channels',
  'im:history': 'requests in a direct message',
  'im:write': 'opening a direct message where a private answer has no other way',
  'users:read': "people's names, languages and who is an admin",
};

/** Events that the app subscribes to. */
export const botEvents = [
  'app_mention',
  'message.im',
  'reaction_added',
  'reaction_removed',
  'app_uninstalled',
  'tokens_revoked',
] as const;

/** Scopes that are needed and not among those that were given. */
export function missingScopes(given: readonly string[]): string[] {
  return Object.keys(botScopes).filter((scope) => !given.includes(scope));
}
