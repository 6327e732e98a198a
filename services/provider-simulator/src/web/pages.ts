/** A page of the small web. */
export interface Page {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly location?: string;
}

/** What the small web answers at a path of a host; the same for every request. */
export function pageAt(host: string, path: string): Page {
  if (path === '/') return html(host, 'Home', `This is the home page of ${host}.`);
  if (path === '/data.json')
    return { status: 200, type: 'application/json', body: JSON.stringify({ host, items: [1, 2, 3] }) };
  if (path === '/robots.txt') return { status: 200, type: 'text/plain', body: 'User-agent: *\nDisallow:\n' };
  if (path === '/moved') return redirect('/');
  if (path === '/elsewhere') return redirect('https://example.org/');
  if (path.startsWith('/wiki/')) return html(host, titleOf(path), `An article about ${titleOf(path)}.`);
  return { ...html(host, 'Not found', `There is nothing at this address of ${host}.`), status: 404 };
}

function redirect(location: string): Page {
  return { status: 302, type: 'text/html', body: '', location };
}

function titleOf(path: string): string {
  return path.slice('/wiki/'.length).replaceAll('_', ' ');
}

function html(host: string, title: string, text: string): Page {
  const head = `<title>${escapeHtml(title)} - ${escapeHtml(host)}</title>`;
  const body = `<h1>${escapeHtml(title)}</h1>\n<p>${escapeHtml(text)}</p>`;
  return {
    status: 200,
    type: 'text/html',
    body: `<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">${head}</head>\n<body>\n${body}\n</body>\n</html>\n`,
  };
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
