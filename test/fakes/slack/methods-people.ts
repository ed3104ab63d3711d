import { toText, type Json } from './json.ts';
import { refuse, scopeByKind, type Method } from './method.ts';
import { appId, botId, botUserId, teamId, type FakeChannel, type FakeUser } from './world.ts';

function toUserJson({ id, name, realName, locale, isAdmin }: FakeUser, hasLocale: boolean): Json {
  return {
    id,
    team_id: teamId,
    name,
    real_name: realName,
    profile: { real_name: realName, display_name: realName },
    is_admin: isAdmin,
    is_owner: false,
    is_bot: false,
    ...(hasLocale ? { locale } : {}),
  };
}

function toChannelJson({ id, name, kind, isArchived, members }: FakeChannel): Json {
  return {
    id,
    name,
    is_channel: kind === 'public',
    is_private: kind === 'private',
    is_im: kind === 'im',
    is_archived: isArchived,
    is_member: members.has(botUserId),
  };
}

export const peopleMethods: Record<string, Method> = {
  'auth.test': {
    scopes: [],
    token: 'bot',
    tier: 4,
    run: ({ origin }) => ({
      ok: true,
      url: `${origin()}/`,
      team: 'Studio',
      user: 'quartet',
      team_id: teamId,
      user_id: botUserId,
      bot_id: botId,
      is_enterprise_install: false,
    }),
  },
  'apps.connections.open': {
    scopes: ['connections:write'],
    token: 'app',
    tier: 3,
    run: ({ origin, openTicket }) => ({
      ok: true,
      url: `${origin().replace('http', 'ws')}/link/?ticket=${openTicket()}&app_id=${appId}`,
    }),
  },
  'users.info': {
    scopes: ['users:read'],
    token: 'bot',
    tier: 4,
    run({ world }, args) {
      const user = world.users.get(toText(args['user']));
      const hasLocale = String(args['include_locale']) === 'true';
      return user ? { ok: true, user: toUserJson(user, hasLocale) } : refuse('user_not_found');
    },
  },
  'users.list': {
    scopes: ['users:read'],
    token: 'bot',
    tier: 2,
    run: ({ world }, args) => ({
      ok: true,
      members: [...world.users.values()].map((user) =>
        toUserJson(user, String(args['include_locale']) === 'true'),
      ),
      response_metadata: { next_cursor: '' },
    }),
  },
  'conversations.info': {
    scopes: scopeByKind('read'),
    token: 'bot',
    tier: 3,
    run({ world }, args) {
      const channel = world.channels.get(toText(args['channel']));
      const isHidden = channel?.kind === 'private' && !channel.members.has(botUserId);
      if (!channel || isHidden) return refuse('channel_not_found');
      return { ok: true, channel: toChannelJson(channel) };
    },
  },
  'conversations.list': {
    scopes: scopeByKind('read'),
    token: 'bot',
    tier: 2,
    run: ({ world }) => ({
      ok: true,
      channels: [...world.channels.values()].filter(({ kind }) => kind !== 'im').map(toChannelJson),
      response_metadata: { next_cursor: '' },
    }),
  },
  'conversations.members': {
    scopes: scopeByKind('read'),
    token: 'bot',
    tier: 4,
    run({ world }, args) {
      const channel = world.channels.get(toText(args['channel']));
      if (!channel) return refuse('channel_not_found');
      return { ok: true, members: [...channel.members], response_metadata: { next_cursor: '' } };
    },
  },
  'conversations.open': {
    scopes: ['im:write'],
    token: 'bot',
    tier: 3,
    run({ world }, args) {
      const user = world.users.get(toText(args['users']));
      if (!user) return refuse('user_not_found');
      return { ok: true, channel: { id: world.directChannel(user.id).id } };
    },
  },
};
