import type { CommandDescription } from '#src/types/command.ts';
import { botEvents, botScopes } from './scopes.ts';
import { cutText } from './wording.ts';

/** The path that Slack posts to in HTTP mode. */
export const eventsPath = '/slack/events';
export const mainCommand = '/imagine';
export const otherCommand = '/quartet';
export const shortcuts = {
  message: { callbackId: 'imagine_this', name: 'Imagine this' },
  global: { callbackId: 'imagine_form', name: 'Make pictures' },
} as const;

export interface ManifestOptions {
  /** false: Slack posts to `publicUrl` instead of the program opening a socket. */
  socketMode: boolean;
  /** Where Slack reaches the program, without a path. Needed without Socket Mode. */
  publicUrl?: string;
  commands: CommandDescription[];
}

/** The app manifest: what a person pastes into "Create New App, From a manifest". */
export function slackManifest(options: ManifestOptions): Record<string, unknown> {
  const url = options.socketMode
    ? null
    : `${(options.publicUrl ?? 'https://YOUR-ADDRESS').replace(/\/+$/, '')}${eventsPath}`;
  const reachedAt = (name: string) => (url === null ? {} : { [name]: url });
  const imagine = options.commands.find((command) => command.name === 'imagine');
  const others = options.commands
    .filter((command) => command.name !== 'imagine')
    .map((command) => command.name);
  return {
    display_information: {
      name: 'Quartet',
      description: 'Four pictures for every prompt, drawn on your own machine',
      background_color: '#1f2430',
    },
    features: {
      bot_user: { display_name: 'Quartet', always_online: true },
      app_home: {
        home_tab_enabled: false,
        messages_tab_enabled: true,
        messages_tab_read_only_enabled: false,
      },
      slash_commands: [
        {
          command: mainCommand,
          description: cutText(imagine?.description.en ?? 'Draw four pictures', 2000),
          usage_hint: '[prompt] [--size 1:1] [--seed 7]',
          should_escape: false,
          ...reachedAt('url'),
        },
        {
          command: otherCommand,
          description: 'Everything else',
          usage_hint: cutText(
            `[${['help', ...others.filter((name) => name !== 'help')].join(' | ')}]`,
            1000,
          ),
          should_escape: false,
          ...reachedAt('url'),
        },
      ],
      shortcuts: [
        {
          name: shortcuts.message.name,
          type: 'message',
          callback_id: shortcuts.message.callbackId,
          description: "Draw this message's text",
        },
        {
          name: shortcuts.global.name,
          type: 'global',
          callback_id: shortcuts.global.callbackId,
          description: 'Open the form',
        },
      ],
    },
    oauth_config: { scopes: { bot: Object.keys(botScopes) } },
    settings: {
      event_subscriptions: { ...reachedAt('request_url'), bot_events: [...botEvents] },
      interactivity: {
        is_enabled: true,
        ...reachedAt('request_url'),
        ...reachedAt('message_menu_options_url'),
      },
      org_deploy_enabled: false,
      socket_mode_enabled: options.socketMode,
      token_rotation_enabled: false,
    },
  };
}
