import type { Json } from './methods.ts';

let counter = 0;
const next = () => (counter += 1);

/** Slack's payloads, in the shapes that it sends. */
export function slashPayload(url: string, command: string, text: string, user = 'U0001'): Json {
  const id = next();
  return {
    token: 'v',
    team_id: 'T0001',
    channel_id: 'C0001',
    channel_name: 'general',
    user_id: user,
    user_name: 'alice',
    command,
    text,
    api_app_id: 'A0001',
    is_enterprise_install: 'false',
    response_url: `${url}/response/${id}`,
    trigger_id: `1.2.${id}`,
  };
}

export function eventPayload(event: Json, eventId = `Ev${next()}`): Json {
  return {
    token: 'v',
    team_id: 'T0001',
    api_app_id: 'A0001',
    type: 'event_callback',
    event_id: eventId,
    event_time: 1795447552,
    authorizations: [
      {
        enterprise_id: null,
        team_id: 'T0001',
        user_id: 'U0BOT',
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    event,
  };
}

export function reactionEvent(type: string, reaction: string, ts: string, rest: Json = {}): Json {
  return {
    type,
    user: 'U0001',
    reaction,
    item_user: 'U0BOT',
    item: { type: 'message', channel: 'C0001', ts },
    event_ts: `1795447553.${next()}`,
    ...rest,
  };
}

function interactive(type: string, rest: Json): Json {
  return {
    type,
    token: 'v',
    api_app_id: 'A0001',
    trigger_id: `1.2.${next()}`,
    team: { id: 'T0001', domain: 't' },
    enterprise: null,
    is_enterprise_install: false,
    user: { id: 'U0001', username: 'alice', name: 'alice', team_id: 'T0001' },
    ...rest,
  };
}

export function buttonPayload(url: string, actionId: string, value: string): Json {
  const message = { type: 'message', ts: '1795447552.000002', thread_ts: '1795447552.000001' };
  return interactive('block_actions', {
    container: { type: 'message', message_ts: message.ts, channel_id: 'C0001' },
    channel: { id: 'C0001', name: 'general' },
    message,
    response_url: `${url}/response/${next()}`,
    actions: [
      { type: 'button', action_id: actionId, block_id: 'b', value, action_ts: `17.${next()}` },
    ],
  });
}

export function shortcutPayload(url: string, type: 'message_action' | 'shortcut'): Json {
  if (type === 'shortcut') return interactive(type, { callback_id: 'imagine_form' });
  return interactive(type, {
    callback_id: 'imagine_this',
    channel: { id: 'C0001', name: 'general' },
    message_ts: '1795447552.000009',
    message: { type: 'message', user: 'U0002', ts: '1795447552.000009', text: 'a cat &amp; a dog' },
    response_url: `${url}/response/${next()}`,
  });
}

export function submissionPayload(metadata: string, values: Record<string, string>): Json {
  const state = Object.entries(values).map(([name, value]) => [name, { field: { value } }]);
  return interactive('view_submission', {
    view: {
      id: `V${next()}`,
      team_id: 'T0001',
      type: 'modal',
      callback_id: 'quartet_form',
      private_metadata: metadata,
      state: { values: Object.fromEntries(state) },
    },
    response_urls: [],
  });
}
