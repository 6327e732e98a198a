import { STATUS_CODES } from 'node:http';
import { document, type Page, redirect } from './page.ts';
import { trickyPageAt } from './tricky-pages.ts';

/** What the small web answers at a path of a host; the same for every request. */
export function pageAt(host: string, path: string): Page {
  if (path.startsWith('/wiki/')) return article(host, path.slice('/wiki/'.length));
  return pages[path]?.(host) ?? trickyPageAt(host, path) ?? notFound(host);
}

/** The answer to methods that change something. */
export function methodNotAllowed(host: string): Page {
  const { headers, ...page } = document(host, 'Method not allowed', 'This page can only be read.');
  return { ...page, status: 405, headers: { ...headers, Allow: 'GET, HEAD' } };
}

/** The page of a server that fails, or that has been asked too often. */
export function failure(host: string, status: number): Page {
  const name = STATUS_CODES[status] ?? 'Error';
  return { ...document(host, name, `${host} cannot answer now.`), status };
}

const pages: Readonly<Record<string, (host: string) => Page>> = {
  '/': (host) =>
    document(host, 'Example Domain', 'This domain is for use in illustrative examples in documents.'),
  '/data.json': (host) => ({
    status: 200,
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
    body: JSON.stringify({ host, items: [1, 2, 3] }),
  }),
  '/robots.txt': () => ({
    status: 200,
    headers: { 'Content-Type': 'text/plain; charset=utf-8' },
    body: 'User-agent: *\nDisallow:\n',
  }),
  '/moved': () => redirect(301, '/'),
  '/elsewhere': () => redirect(302, 'https://example.org/'),
};

function article(host: string, name: string): Page {
  const title = decodeName(name).replaceAll('_', ' ');
  return title === '' ? notFound(host) : document(host, title, `An article about ${title}.`);
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return '';
  }
}

function notFound(host: string): Page {
  return { ...document(host, 'Not found', `There is nothing at this address of ${host}.`), status: 404 };
}
