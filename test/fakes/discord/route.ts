import type { UploadedFile } from './check-message.ts';
import type { Core } from './core.ts';
import { isObject, type Json } from './json.ts';

export interface RouteCall {
  core: Core;
  /** The values of the template's `{names}`. */
  params: Record<string, string>;
  query: URLSearchParams;
  /** The parsed JSON (or `payload_json`), whatever it is. */
  payload: unknown;
  /** The payload as an object; a route that takes a list reads `payload`. */
  body: Json;
  files: UploadedFile[];
}

export interface RouteAnswer {
  status: number;
  body?: unknown;
}

export interface Route {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The path as Discord's own description writes it. */
  template: string;
  /** Interaction answers and webhooks are authorised by their own token. */
  isOpen?: boolean;
  /** Form checks alone, so that a bad form is refused in Discord's own words. */
  check?: (call: RouteCall) => void;
  run: (call: RouteCall) => RouteAnswer;
}

export interface MatchedRoute {
  route: Route;
  params: Record<string, string>;
}

/** Finds the route of a decoded path such as `/channels/1/messages`. */
export function matchRoute(
  routes: readonly Route[],
  method: string,
  segments: string[],
): MatchedRoute | null {
  for (const route of routes) {
    if (route.method !== method) continue;
    const names = route.template.split('/').slice(1);
    if (names.length !== segments.length) continue;
    const params: Record<string, string> = {};
    const isMatch = names.every((name, index) => {
      const segment = segments[index] ?? '';
      if (!name.startsWith('{')) return name === segment;
      params[name.slice(1, -1)] = segment;
      return segment !== '';
    });
    if (isMatch) return { route, params };
  }
  return null;
}

export function param(call: RouteCall, name: string): string {
  return call.params[name] ?? '';
}

export function toBody(payload: unknown): Json {
  return isObject(payload) ? payload : {};
}
