import { isUtf8 } from 'node:buffer';

/** A page's body in the form in which JSON can carry it. */
export type Content =
  | { readonly encoding: 'text'; readonly content: string }
  | { readonly encoding: 'json'; readonly content: unknown }
  | { readonly encoding: 'base64'; readonly content: string };

/** Text in its own charset, JSON parsed, everything else as base64. */
export function toContent(body: Buffer, contentType: string | undefined): Content {
  const type = contentType?.split(';', 1)[0]?.trim().toLowerCase();
  if (!isText(type, body)) return { encoding: 'base64', content: body.toString('base64') };
  const content = decodeText(body, charsetOf(contentType, type, body));
  return isJson(type) ? parsed(content) : { encoding: 'text', content };
}

function isText(type: string | undefined, body: Buffer): boolean {
  if (type === undefined || type === '') return isUtf8(body) && !body.includes(0);
  return (
    /^text\/|^application\/(javascript|ecmascript|x-www-form-urlencoded|xml)$|\+xml$/.test(type) ||
    isJson(type)
  );
}

function isJson(type: string | undefined): boolean {
  return type !== undefined && /^(application|text)\/([\w.+-]+\+)?json$/.test(type);
}

/**
 * The charset that the header names, else the one that the document declares in its first kilobyte, else UTF-8. A document
 * whose declaration can be read byte by byte is not in UTF-16, whatever it says (WHATWG HTML, prescan of a byte stream).
 */
function charsetOf(contentType: string | undefined, type: string | undefined, body: Buffer): string {
  const named = /;\s*charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? '')?.[1];
  if (named !== undefined) return named;
  const declared = declarationOf(type)?.exec(body.subarray(0, 1_024).toString('latin1'))?.[1];
  return declared === undefined || /^utf-?16/i.test(declared) ? 'utf-8' : declared;
}

const htmlDeclaration = /<meta[^>]+charset\s*=\s*["']?([\w.:-]+)/i;
const xmlDeclaration = /^<\?xml\s[^>]*?encoding\s*=\s*["']([\w.:-]+)["']/;

function declarationOf(type: string | undefined): RegExp | undefined {
  if (type === 'text/html') return htmlDeclaration;
  return type !== undefined && /[/+]xml$/.test(type) ? xmlDeclaration : undefined;
}

/** A byte order mark counts more than any name (WHATWG Encoding); a charset that nobody knows is read as UTF-8. */
function decodeText(body: Buffer, charset: string): string {
  try {
    return new TextDecoder(markedCharset(body) ?? charset).decode(body);
  } catch {
    return new TextDecoder().decode(body);
  }
}

function markedCharset(body: Buffer): string | undefined {
  if (body[0] === 0xff && body[1] === 0xfe) return 'utf-16le';
  if (body[0] === 0xfe && body[1] === 0xff) return 'utf-16be';
  return body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 'utf-8' : undefined;
}

function parsed(content: string): Content {
  try {
    return { encoding: 'json', content: JSON.parse(content) };
  } catch {
    return { encoding: 'text', content };
  }
}
