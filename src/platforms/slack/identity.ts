import type { Calls } from './calls.ts';

/** What the bot token stands for. */
export interface Identity {
  teamId: string;
  teamName: string;
  botUserId: string;
  botId: string;
  /** The bot's name as people mention it. */
  botName: string;
  /** Scopes that the token has; null where Slack did not say. */
  scopes: string[] | null;
}

/** Asks Slack whose token this is. @throws CallFailure */
export async function readIdentity(calls: Calls): Promise<Identity> {
  const answer = await calls.call('auth.test', {});
  return {
    teamId: String(answer['team_id'] ?? ''),
    teamName: String(answer['team'] ?? ''),
    botUserId: String(answer['user_id'] ?? ''),
    botId: String(answer['bot_id'] ?? ''),
    botName: String(answer['user'] ?? 'quartet'),
    scopes: answer.response_metadata?.scopes ?? null,
  };
}
