/** Line icons on a grid of 24, by what they mean here. */
const paths = {
  again: 'M4 4v5h5M20 20v-5h-5M5.1 15a7.5 7.5 0 0 0 13 2.3L20 15M4 9l1.9-2.3A7.5 7.5 0 0 1 18.9 9',
  arrowUp: 'M12 19V5m-6 6 6-6 6 6',
  check: 'm5 12.5 4.5 4.5L19 7.5',
  close: 'M6 6l12 12M18 6 6 18',
  compare: 'M12 3v18M4 6h5v12H4zM15 6h5v12h-5z',
  copy: 'M9 9h10v11H9zM5 15V4h10',
  create: 'M12 3l1.8 5.2L19 10l-5.2 1.8L12 17l-1.8-5.2L5 10l5.2-1.8zM19 16v4M17 18h4',
  details: 'M7 4h10v16H7zM10 9h4M10 13h4',
  dice: 'M4 4h16v16H4zM8.5 8.5h.01M15.5 8.5h.01M12 12h.01M8.5 15.5h.01M15.5 15.5h.01',
  download: 'M12 4v11m-5-5 5 5 5-5M5 20h14',
  enlarge: 'M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7',
  help: 'M9.2 9a2.8 2.8 0 1 1 4 2.6c-.8.4-1.2 1-1.2 1.9M12 17h.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z',
  history: 'M4 5h7v7H4zM13 5h7v7h-7zM4 14h7v5H4zM13 14h7v5h-7z',
  key: 'M14.5 9.5a4 4 0 1 0-3.5 4L12.5 12H15v2.5h2.5V17H20v-2.5z',
  left: 'm15 5-7 7 7 7',
  logout: 'M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9',
  moon: 'M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z',
  picture: 'M4 5h16v14H4zM4 16l4.5-4.5 4 4 3-3L20 17M9 9.5h.01',
  queue: 'M4 6h16M4 12h11M4 18h7M18 15v6M15.5 18.5 18 21l2.5-2.5',
  right: 'm9 5 7 7-7 7',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM20 20l-4-4',
  sliders: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5',
  stop: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9 9h6v6H9z',
  sun: 'M12 16.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
  system: 'M4 5h16v11H4zM9 20h6M12 16v4',
  thread: 'M5 5h14v10H11l-4 4v-4H5z',
  trash: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10.5 11v5M13.5 11v5',
  vote: 'M12 20s-7-4.4-7-10a4 4 0 0 1 7-2.6A4 4 0 0 1 19 10c0 5.600-7 10-7 10z',
  warning: 'M12 4 2.800 19.500h18.400zM12 10v4.500M12 17h.01',
} satisfies Record<string, string>;

export type IconName = keyof typeof paths;

const svgNamespace = 'http://www.w3.org/2000/svg';

/** An icon beside a text, or in a button that has a label: nothing is read out for it. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(svgNamespace, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(svgNamespace, 'path');
  path.setAttribute('d', paths[name]);
  svg.append(path);
  return svg;
}
