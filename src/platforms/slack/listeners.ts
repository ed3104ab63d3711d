import type { ActionEvent } from '#src/types/platform.ts';
import type { Person, PrivateMessage } from '#src/types/chat.ts';
import { readButton } from './blocks.ts';
import { readMention, readSlashCommand, type Line } from './command-line.ts';
import { listenToForms, openForm, openFormAction } from './forms.ts';
import { threadOf, type Intake, type RunRequest } from './intake.ts';
import { shortcuts } from './manifest.ts';
import { actionOfReaction } from './reaction-names.ts';
import type { Reply } from './replies.ts';
import { say } from './texts.ts';
import { plainText, withoutMention } from './wording.ts';

/** Puts a listener on everything that Slack sends. Each acknowledges before it does anything. */
export function listen(intake: Intake): void {
  listenToCommands(intake);
  listenToShortcuts(intake);
  listenToForms(intake);
  listenToMessages(intake);
  listenToReactions(intake);
  listenToButtons(intake);
  listenToRemoval(intake);
}

function listenToCommands(intake: Intake): void {
  const { app, inbox, replies } = intake;
  app.command(/.*/, async ({ ack, command }) => {
    await ack();
    const place = intake.placeAt(command.team_id, command.channel_id);
    const reply = replies.toInteraction(command.response_url, place, command.user_id);
    const line = readSlashCommand(inbox.describeCommands(), command.command, command.text ?? '');
    await follow(intake, line, {
      id: command.trigger_id,
      personId: command.user_id,
      personName: command.user_name,
      place,
      reply,
      triggerId: command.trigger_id,
      responseUrl: command.response_url,
    });
  });
}

function listenToShortcuts(intake: Intake): void {
  const { app, replies } = intake;
  app.shortcut(/.*/, async ({ ack, body }) => {
    await ack();
    const shortcut = body as unknown as {
      callback_id: string;
      trigger_id: string;
      team?: { id: string } | null;
      user: { id: string; name?: string };
      channel?: { id: string };
      message?: { ts: string; thread_ts?: string; text?: string };
      response_url?: string;
    };
    const { channel, message, user, trigger_id: triggerId } = shortcut;
    if (shortcut.callback_id === shortcuts.message.callbackId && channel !== undefined) {
      const place = intake.placeAt(shortcut.team?.id, channel.id, threadOf(message));
      await intake.run({
        id: triggerId,
        command: 'imagine',
        values: {},
        personId: user.id,
        ...(user.name === undefined ? {} : { personName: user.name }),
        place,
        reply: replies.toInteraction(shortcut.response_url ?? null, place, user.id),
        quoted: plainText(message?.text ?? '').trim(),
      });
      return;
    }
    await openForm(intake, {
      triggerId,
      origin: { command: 'imagine', channelId: null, threadId: null, responseUrl: null },
      personId: user.id,
      reply: replies.toInteraction(null, null, user.id),
    });
  });
}

interface MessageEvent {
  type: string;
  subtype?: string;
  channel_type?: string;
  user?: string;
  bot_id?: string;
  channel: string;
  ts: string;
  thread_ts?: string;
  text?: string;
}

const readableSubtypes = new Set([undefined, 'file_share', 'thread_broadcast']);

function listenToMessages(intake: Intake): void {
  const { app, identity, inbox, replies, seen } = intake;

  async function take(event: MessageEvent, teamId: string | undefined): Promise<void> {
    const { user } = event;
    if (user === undefined || user === identity.botUserId || event.bot_id !== undefined) return;
    if (!readableSubtypes.has(event.subtype)) return;
    // The message's own ts: the same in every retry, and in the two events of one message.
    const id = `${event.channel}:${event.ts}`;
    if (!seen.isNew(`message ${id}`)) return;
    const place = intake.placeAt(teamId, event.channel, threadOf(event));
    await follow(
      intake,
      readMention(inbox.describeCommands(), withoutMention(event.text ?? '', identity.botUserId)),
      { id, personId: user, place, reply: replies.toInteraction(null, place, user) },
    );
  }

  app.event('app_mention', async ({ event, body }) =>
    take(event as unknown as MessageEvent, body.team_id),
  );
  app.event('message', async ({ event, body }) => {
    const message = event as unknown as MessageEvent;
    if (message.channel_type === 'im') await take(message, body.team_id);
  });
}

function listenToReactions(intake: Intake): void {
  const { app, identity, inbox, people, seen } = intake;

  async function take(event: ReactionEvent, body: { event_id: string; team_id?: string }) {
    const action = actionOfReaction(event.reaction);
    if (action === null || event.item.type !== 'message') return;
    if (event.user === identity.botUserId) return;
    if (event.item_user !== undefined && event.item_user !== identity.botUserId) return;
    if (!seen.isNew(`event ${body.event_id}`)) return;
    const { channel: channelId, ts: messageId } = event.item;
    try {
      await inbox.action({
        id: body.event_id,
        action,
        target: { message: { channelId, messageId, threadId: null } },
        person: await people.find(event.user),
        place: intake.placeAt(body.team_id, channelId),
        isAdded: event.type === 'reaction_added',
        source: 'reaction',
      });
    } catch (error) {
      intake.logFailure('A reaction failed.')(error);
    }
  }

  app.event('reaction_added', async ({ event, body }) =>
    take(event as unknown as ReactionEvent, body),
  );
  app.event('reaction_removed', async ({ event, body }) =>
    take(event as unknown as ReactionEvent, body),
  );
}

interface ReactionEvent {
  type: 'reaction_added' | 'reaction_removed';
  user: string;
  reaction: string;
  item_user?: string;
  item: { type: string; channel: string; ts: string };
}

function listenToButtons(intake: Intake): void {
  const { app, inbox, people, replies, seen } = intake;
  app.action(/.*/, async ({ ack, body }) => {
    await ack();
    const press = body as unknown as {
      trigger_id: string;
      team?: { id: string } | null;
      user: { id: string; username?: string };
      channel?: { id: string };
      container?: { channel_id?: string; message_ts?: string; thread_ts?: string };
      message?: { ts: string; thread_ts?: string };
      response_url?: string;
      actions: { action_id: string; value?: string; action_ts: string }[];
    };
    const [pressed] = press.actions;
    const channelId = press.channel?.id ?? press.container?.channel_id;
    if (pressed === undefined || channelId === undefined) return;
    const { container } = press;
    const threadId = threadOf(
      press.message ?? { ts: container?.message_ts ?? '', thread_ts: container?.thread_ts ?? '' },
    );
    const place = intake.placeAt(press.team?.id, channelId, threadId || null);
    const reply = replies.toInteraction(press.response_url ?? null, place, press.user.id);
    if (pressed.action_id === openFormAction) {
      await openForm(intake, {
        triggerId: press.trigger_id,
        origin: {
          command: pressed.value ?? 'imagine',
          channelId,
          threadId: place.threadId,
          responseUrl: press.response_url ?? null,
        },
        personId: press.user.id,
        reply,
      });
      return;
    }
    const control = readButton(pressed.action_id, pressed.value);
    const id = `${press.user.id}:${pressed.action_ts}:${pressed.value ?? ''}`;
    if (control === null || !seen.isNew(`press ${id}`)) return;
    let person: Person | null = null;
    try {
      person = await people.find(press.user.id, press.user.username);
      const event: ActionEvent = {
        id,
        action: control.action,
        target: { requestId: control.requestId },
        person,
        place,
        isAdded: true,
        source: 'button',
        reply,
      };
      await inbox.action(event);
    } catch (error) {
      intake.logFailure('A button failed.')(error);
      await reply(intake.sentence(error, person)).catch(
        intake.logFailure('A failure could not be told to the person.'),
      );
    }
  });
}

/** Slack says so when the app is taken out of the workspace; nothing here works from then on. */
function listenToRemoval(intake: Intake): void {
  for (const name of ['app_uninstalled', 'tokens_revoked'] as const) {
    intake.app.event(name, async () => {
      intake.logger.error(
        { platform: 'slack' },
        `Slack reports ${name}: install the app again at https://api.slack.com/apps and restart with its new token.`,
      );
    });
  }
}

type Followed = Omit<RunRequest, 'command' | 'values'> & {
  triggerId?: string;
  responseUrl?: string;
};

/** Runs what a line asks for; a bare command that has a form opens it. */
async function follow(intake: Intake, line: Line, request: Followed): Promise<void> {
  const { triggerId, responseUrl, ...invocation } = request;
  const { personId, place, reply } = invocation;
  const descriptions = intake.inbox.describeCommands();
  if (line.kind === 'unknown') {
    const person = await intake.people.find(personId, invocation.personName);
    const commands = descriptions.map((one) => one.localName[person.locale]).join(', ');
    const key = line.word === '' ? 'commandList' : 'unknownCommand';
    return tellSafely(intake, reply, {
      text: say(key, person.locale, { word: line.word, commands }),
    });
  }
  const hasForm = descriptions.find((one) => one.name === line.name)?.hasForm ?? false;
  if (line.line !== '' || !hasForm) {
    return intake.run({ ...invocation, command: line.name, values: line.line });
  }
  const origin = {
    command: line.name,
    channelId: place.channelId,
    threadId: place.threadId,
    responseUrl: responseUrl ?? null,
  };
  if (triggerId !== undefined) {
    return openForm(intake, { triggerId, origin, personId, reply });
  }
  // A message opens nothing; its button does.
  const person = await intake.people.find(personId, invocation.personName);
  await intake.replies
    .toPerson(place, personId, {
      text: say('askForPrompt', person.locale),
      blocks: [
        {
          type: 'section',
          text: { type: 'mrkdwn', text: say('askForPrompt', person.locale) },
          accessory: {
            type: 'button',
            action_id: openFormAction,
            value: line.name,
            text: { type: 'plain_text', text: say('openForm', person.locale) },
          },
        },
      ],
    })
    .catch(intake.logFailure('A person could not be told something.'));
}

async function tellSafely(intake: Intake, reply: Reply, message: PrivateMessage): Promise<void> {
  await reply(message).catch(intake.logFailure('A person could not be told something.'));
}
