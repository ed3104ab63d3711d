export type Child = Node | string | number | null | undefined | false;

type Handlers = {
  [Name in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Name]) => void;
};

export interface Props {
  class?: string | undefined;
  /** `data-*` attributes. */
  data?: Record<string, string>;
  on?: Handlers;
  /** Everything else is an attribute: true is there without a value; false, null and undefined are not there. */
  [attribute: string]: unknown;
}

/** Makes an element. Texts become text nodes, never markup. */
export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  props: Props = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  const { class: names, data, on, ...attributes } = props;
  if (names) element.className = names;
  Object.assign(element.dataset, data);
  for (const [name, handler] of Object.entries(on ?? {})) {
    element.addEventListener(name, handler as EventListener);
  }
  for (const [name, value] of Object.entries(attributes)) setAttribute(element, name, value);
  append(element, children);
  return element;
}

export function setAttribute(element: Element, name: string, value: unknown): void {
  if (value === false || value === null || value === undefined) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? '' : String(value));
}

export function append(parent: Element, children: Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    parent.append(child instanceof Node ? child : String(child));
  }
}

/** Puts these children in place of all others. */
export function replace(parent: Element, ...children: Child[]): void {
  parent.replaceChildren();
  append(parent, children);
}

/** Changes a text only where it differs, so that screen readers hear it once. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Brings children into this order and touches only those that stand wrong, so that focus and pictures
 * stay. One that goes with the focus gives it to the one that takes its place.
 */
export function arrange(parent: Element, wanted: HTMLElement[]): void {
  const keep = new Set<Element>(wanted);
  const before = Array.from(parent.children);
  const focused = before.findIndex((child) => child.contains(document.activeElement));
  const put = () => {
    for (const child of before) if (!keep.has(child)) child.remove();
    wanted.forEach((child, at) => {
      const there = parent.children[at];
      if (there !== child) parent.insertBefore(child, there ?? null);
    });
  };
  keepingFocus(parent, put, () => wanted[focused] ?? wanted[focused - 1], mainPart);
}

/** Where the focus goes when there is nothing else. */
export function mainPart(): HTMLElement | null {
  return document.querySelector<HTMLElement>('#main');
}

/** Makes a change that may take away what has the focus: then the first of these that is there gets it. */
export function keepingFocus(
  inside: Element,
  change: () => void,
  ...next: (() => HTMLElement | null | undefined | '')[]
): void {
  const had = inside.contains(document.activeElement);
  change();
  if (!had || inside.contains(document.activeElement)) return;
  for (const find of next) {
    const found = find();
    if (found) return found.focus();
  }
}

let lastId = 0;
/** A fresh id, for labels and what they are for. */
export function freshId(name: string): string {
  lastId += 1;
  return `${name}-${lastId}`;
}
