/** A page of the small web. */
export interface Page {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Text in UTF-8, bytes, or bytes that come bit by bit. */
  readonly body: string | Buffer | AsyncIterable<Buffer>;
  /** How long it is in coming, in milliseconds. Default: 0. */
  readonly delayMs?: number;
}

const html = 'text/html; charset=utf-8';

export function redirect(status: number, location: string): Page {
  return { status, headers: { 'Content-Type': html, Location: location }, body: '' };
}

export function document(host: string, title: string, text: string): Page & { readonly body: string } {
  const head = `<meta charset="utf-8"><title>${escapeHtml(title)} - ${escapeHtml(host)}</title>`;
  const main = `<h1>${escapeHtml(title)}</h1>\n<p>${escapeHtml(text)}</p>`;
  return {
    status: 200,
    headers: { 'Content-Type': html },
    body: `<!doctype html>\n<html lang="en">\n<head>${head}</head>\n<body>\n${main}\n</body>\n</html>\n`,
  };
}

function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
