import type { App } from '@slack/bolt';
import { messageIn, toAppError } from '#src/errors.ts';
import type { Person, Place, PrivateMessage } from '#src/types/chat.ts';
import type { Inbox, Invocation } from '#src/types/platform.ts';
import type { LogTarget } from './bolt-logger.ts';
import type { Calls, Timing } from './calls.ts';
import type { Identity } from './identity.ts';
import type { People } from './people.ts';
import type { Replies, Reply } from './replies.ts';
import { createSeen } from './seen.ts';
import { say } from './texts.ts';

export interface IntakeParts {
  app: App;
  inbox: Inbox;
  identity: Identity;
  people: People;
  replies: Replies;
  calls: Calls;
  timing: Timing;
  logger: LogTarget;
}

/** What every kind of event uses. */
export interface Intake extends IntakeParts {
  seen: { isNew(key: string): boolean };
  placeAt(teamId: string | null | undefined, channelId: string, threadId?: string | null): Place;
  /** Runs a command; a failure is answered to the person. Never rejects. */
  run(request: RunRequest): Promise<void>;
  /** The sentence of an error for a person. */
  sentence(error: unknown, person: Person | null): PrivateMessage;
  /** Logs what a listener could not tell anybody. */
  logFailure(what: string): (error: unknown) => void;
}

export type RunRequest = Omit<Invocation, 'person' | 'reply'> & {
  personId: string;
  personName?: string;
  reply: Reply;
};

export function createIntake(parts: IntakeParts): Intake {
  const { inbox, identity, people, logger } = parts;

  const logFailure = (what: string) => (error: unknown) =>
    logger.error({ platform: 'slack', error: toAppError(error).message }, what);

  function sentence(error: unknown, person: Person | null): PrivateMessage {
    const failure = toAppError(error);
    const locale = person?.locale ?? 'en';
    const reason = messageIn(failure, locale);
    return { text: failure.faults.length > 0 ? reason : say('failed', locale, { reason }) };
  }

  async function run(request: RunRequest): Promise<void> {
    const { personId, personName, ...invocation } = request;
    let person: Person | null = null;
    try {
      person = await people.find(personId, personName);
      await inbox.command({ ...invocation, person });
    } catch (error) {
      logFailure('A command failed.')(error);
      await request
        .reply(sentence(error, person))
        .catch(logFailure('A failure could not be told to the person.'));
    }
  }

  return {
    ...parts,
    seen: createSeen(),
    run,
    sentence,
    logFailure,
    placeAt: (teamId, channelId, threadId = null) => ({
      platform: 'slack',
      workspaceId: teamId ?? identity.teamId,
      channelId,
      threadId,
    }),
  };
}

/** The thread of a message: its parent is in the channel itself, replies are in the thread. */
export function threadOf(message: { ts?: string; thread_ts?: string } | undefined): string | null {
  const thread = message?.thread_ts;
  return thread === undefined || thread === message?.ts ? null : thread;
}
