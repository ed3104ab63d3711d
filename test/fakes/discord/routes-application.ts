import { checkCommandList } from './check-commands.ts';
import type { Core } from './core.ts';
import { discordError, FormFaults } from './errors.ts';
import { toId, toObjects, toText, type Json } from './json.ts';
import { param, type Route, type RouteCall } from './route.ts';
import { toChannelJson, toMemberJson, toUserJson } from './serialize.ts';
import { toGuildJson } from './serialize-guild.ts';
import { blankChannel } from './world.ts';
import type { FakeChannel, RegisteredCommand } from './world-types.ts';

/** The routes about the application itself, its commands, people and guilds. */
export const applicationRoutes: Route[] = [
  {
    method: 'GET',
    template: '/gateway/bot',
    run: ({ core }) => ({
      status: 200,
      body: {
        url: core.world.origin.replace('http', 'ws'),
        shards: 1,
        session_start_limit: {
          total: 1000,
          remaining: 1000 - core.gateway.counts.identify,
          reset_after: 86_400_000,
          max_concurrency: 1,
        },
      },
    }),
  },
  {
    method: 'GET',
    template: '/users/@me',
    run: ({ core }) => ({
      status: 200,
      body: {
        ...toUserJson(core.world.requireUser(core.world.botId)),
        mfa_enabled: true,
        locale: 'en-US',
      },
    }),
  },
  {
    method: 'GET',
    template: '/users/{user_id}',
    run: (call) => ({
      status: 200,
      body: toUserJson(call.core.world.requireUser(param(call, 'user_id'))),
    }),
  },
  {
    method: 'GET',
    template: '/applications/@me',
    run: ({ core }) => ({ status: 200, body: toApplication(core) }),
  },
  ...commandRoutes('/applications/{application_id}/commands'),
  ...commandRoutes('/applications/{application_id}/guilds/{guild_id}/commands'),
  {
    method: 'POST',
    template: '/users/@me/channels',
    run: (call) => {
      const channel = openDm(call.core, toId(call.body['recipient_id']));
      return { status: 200, body: toChannelJson(call.core.world, channel) };
    },
  },
  {
    method: 'GET',
    template: '/guilds/{guild_id}',
    run: (call) => ({
      status: 200,
      body: toGuildJson(call.core.world.requireGuild(param(call, 'guild_id'))),
    }),
  },
  {
    method: 'GET',
    template: '/guilds/{guild_id}/members/{user_id}',
    run: (call) => {
      const { world } = call.core;
      const member = world.requireMember(param(call, 'guild_id'), param(call, 'user_id'));
      return { status: 200, body: toMemberJson(world, member) };
    },
  },
];

/** The one DM channel between the bot and a person, opened when it is first needed. */
export function openDm(core: Core, userId: string): FakeChannel {
  const { world } = core;
  const faults = new FormFaults();
  if (userId === '') faults.add('recipient_id', 'BASE_TYPE_REQUIRED', 'This field is required');
  faults.throwIfAny();
  const user = world.requireUser(userId);
  if (user.id === world.botId) throw discordError('cannotSendToUser');
  const existing = [...world.channels.values()].find((channel) => channel.recipientId === userId);
  if (existing !== undefined) return existing;
  return world.addChannel({
    ...blankChannel(world.nextId(), 1, user.username),
    recipientId: userId,
  });
}

function toApplication(core: Core): Json {
  const { world } = core;
  const owner =
    [...world.users.values()].find((user) => !user.isBot) ?? world.requireUser(world.botId);
  // Bit 19: message content is allowed for an application in fewer than 100 servers.
  const flags = world.messageContentAllowed ? 1 << 19 : 0;
  return {
    id: world.application.id,
    name: world.application.name,
    icon: null,
    description: '',
    type: null,
    bot: toUserJson(world.requireUser(world.botId)),
    bot_public: true,
    bot_require_code_grant: false,
    verify_key: '00'.repeat(32),
    flags,
    flags_new: String(flags),
    redirect_uris: [],
    interactions_endpoint_url: null,
    role_connections_verification_url: null,
    owner: toUserJson(owner),
    approximate_guild_count: world.guilds.size,
    approximate_user_install_count: 0,
    approximate_user_authorization_count: 0,
    explicit_content_filter: 0,
    team: null,
    eligible_oauth2_scopes: [],
    integration_types_config: { 0: {} },
  };
}

function commandRoutes(template: string): Route[] {
  return [
    {
      method: 'GET',
      template,
      run: (call) => {
        const commands = call.core.world.commands.get(commandScope(call)) ?? [];
        const isWhole = call.query.get('with_localizations') === 'true';
        return { status: 200, body: isWhole ? commands : commands.map(hideLocalizations) };
      },
    },
    {
      method: 'PUT',
      template,
      check: (call) => checkCommandList(call.payload),
      run: (call) => {
        const scope = commandScope(call);
        checkCommandList(call.payload);
        const commands = toObjects(call.payload).map((command) => register(call, scope, command));
        call.core.world.commands.set(scope, commands);
        call.core.changed();
        return { status: 200, body: commands };
      },
    },
  ];
}

function commandScope(call: RouteCall): string {
  const { world } = call.core;
  if (param(call, 'application_id') !== world.application.id)
    throw discordError('unknownApplication');
  const guildId = call.params['guild_id'];
  if (guildId === undefined) return 'global';
  if (!world.guilds.has(guildId)) throw discordError('missingAccess');
  return guildId;
}

/** A command of the same name and type keeps its id; its version always changes. */
function register(call: RouteCall, scope: string, command: Json): RegisteredCommand {
  const { world } = call.core;
  const type = Number(command['type'] ?? 1) as RegisteredCommand['type'];
  const name = toText(command['name']);
  const known = (world.commands.get(scope) ?? []).find(
    (other) => other.name === name && other.type === type,
  );
  const rights = command['default_member_permissions'];
  const registered: RegisteredCommand = {
    ...command,
    id: known?.id ?? world.nextId(),
    application_id: world.application.id,
    version: world.nextId(),
    default_member_permissions: rights === undefined || rights === null ? null : String(rights),
    type,
    name,
    description: toText(command['description']),
    nsfw: command['nsfw'] === true,
  };
  if (scope === 'global') {
    registered['contexts'] ??= null;
    registered['integration_types'] ??= [0];
  } else {
    registered['guild_id'] = scope;
  }
  return registered;
}

function hideLocalizations(entry: Json): Json {
  const shown: Json = {};
  for (const [key, value] of Object.entries(entry)) {
    if (key.endsWith('_localizations')) continue;
    shown[key] =
      key === 'options' || key === 'choices' ? toObjects(value).map(hideLocalizations) : value;
  }
  return shown;
}
