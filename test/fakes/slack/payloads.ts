import { randomBytes } from 'node:crypto';
import type { Json } from './json.ts';
import { toMessageJson } from './methods-chat.ts';
import {
  appId,
  botUserId,
  teamId,
  type FakeChannel,
  type FakeMessage,
  type FakeUser,
  type FakeView,
} from './world.ts';

/** Slack's payloads in the shapes that it sends. */

export function slashPayload(
  user: FakeUser,
  channel: FakeChannel,
  command: string,
  text: string,
  ids: { responseUrl: string; triggerId: string },
): Json {
  return {
    token: 'v',
    team_id: teamId,
    team_domain: 'studio',
    channel_id: channel.id,
    channel_name: channel.name,
    user_id: user.id,
    user_name: user.name,
    command,
    text,
    api_app_id: appId,
    is_enterprise_install: 'false',
    response_url: ids.responseUrl,
    trigger_id: ids.triggerId,
  };
}

export function eventPayload(event: Json): Json {
  return {
    token: 'v',
    team_id: teamId,
    api_app_id: appId,
    type: 'event_callback',
    event_id: `Ev${randomBytes(6).toString('hex').toUpperCase()}`,
    event_time: Math.floor(Date.now() / 1000),
    authorizations: [
      {
        enterprise_id: null,
        team_id: teamId,
        user_id: botUserId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: false,
    event_context: '4-x',
    event,
  };
}

function interactive(type: string, user: FakeUser, rest: Json): Json {
  return {
    type,
    user: { id: user.id, username: user.name, name: user.name, team_id: teamId },
    api_app_id: appId,
    token: 'v',
    team: { id: teamId, domain: 'studio' },
    enterprise: null,
    is_enterprise_install: false,
    ...rest,
  };
}

export function buttonPayload(
  user: FakeUser,
  channel: FakeChannel,
  message: FakeMessage,
  action: Json,
  ids: { responseUrl: string; triggerId: string },
): Json {
  const isEphemeral = message.ephemeralFor !== null;
  const thread = message.threadTs === null ? {} : { thread_ts: message.threadTs };
  return interactive('block_actions', user, {
    container: {
      type: 'message',
      message_ts: message.ts,
      channel_id: channel.id,
      is_ephemeral: isEphemeral,
      ...thread,
    },
    trigger_id: ids.triggerId,
    channel: { id: channel.id, name: channel.name },
    // Slack sends no message along with an ephemeral one.
    ...(isEphemeral ? {} : { message: toMessageJson(message) }),
    response_url: ids.responseUrl,
    actions: [action],
  });
}

export function messageShortcutPayload(
  user: FakeUser,
  channel: FakeChannel,
  message: FakeMessage,
  callbackId: string,
  ids: { responseUrl: string; triggerId: string },
): Json {
  // Slack says less of people here than elsewhere, and nothing of the app.
  const { api_app_id: _, ...rest } = interactive('message_action', user, {
    user: { id: user.id, name: user.name, team_id: teamId },
    callback_id: callbackId,
    trigger_id: ids.triggerId,
    response_url: ids.responseUrl,
    channel: { id: channel.id, name: channel.name },
    message_ts: message.ts,
    message: toMessageJson(message),
  });
  return rest;
}

export function globalShortcutPayload(user: FakeUser, callbackId: string, triggerId: string): Json {
  return interactive('shortcut', user, { callback_id: callbackId, trigger_id: triggerId });
}

export function submissionPayload(
  user: FakeUser,
  { id, view }: FakeView,
  values: Json,
  triggerId: string,
): Json {
  return interactive('view_submission', user, {
    trigger_id: triggerId,
    view: { ...view, id, team_id: teamId, app_id: appId, hash: id, state: { values } },
    response_urls: [],
  });
}

export function suggestionPayload(
  user: FakeUser,
  { id, view }: FakeView,
  blockId: string,
  element: Json,
  value: string,
): Json {
  return interactive('block_suggestion', user, {
    container: { type: 'view', view_id: id },
    view: { ...view, id, team_id: teamId, app_id: appId, hash: id, state: { values: {} } },
    action_id: element['action_id'],
    block_id: blockId,
    value,
  });
}
