/** A document in parts, which is written in Markdown and in HTML. Texts may hold `code` and **strong** as Markdown writes them. */
export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3 | 4; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | {
      readonly kind: 'table';
      readonly head: readonly string[];
      readonly rows: readonly (readonly string[])[];
    }
  /** Pictures are in the HTML alone. */
  | { readonly kind: 'chart'; readonly title: string; readonly svg: string };

export const heading = (level: 1 | 2 | 3 | 4, text: string): Block => ({ kind: 'heading', level, text });
export const text = (words: string): Block => ({ kind: 'text', text: words });
export const list = (...items: string[]): Block => ({ kind: 'list', items });
export const table = (head: readonly string[], rows: readonly (readonly string[])[]): Block => ({
  kind: 'table',
  head,
  rows,
});

export function toMarkdown(blocks: readonly Block[]): string {
  return `${blocks.map(blockToMarkdown).filter(Boolean).join('\n\n')}\n`;
}

function blockToMarkdown(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `${'#'.repeat(block.level)} ${block.text}`;
    case 'text':
      return block.text;
    case 'list':
      return block.items.map((item) => `- ${item}`).join('\n');
    case 'table':
      return [block.head, block.head.map(() => '---'), ...block.rows].map(rowToMarkdown).join('\n');
    case 'chart':
      return '';
  }
}

const rowToMarkdown = (cells: readonly string[]): string =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

/** One file that needs no other. */
export function toHtml(title: string, blocks: readonly Block[]): string {
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<style>${style}</style></head><body><main>`,
    ...blocks.map(blockToHtml),
    '</main></body></html>\n',
  ].join('\n');
}

const style = `
:root { color-scheme: light; }
body { margin: 0; background: #f6f7f9; color: #1c2430; font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 24px 32px 64px; background: #fff; }
h1, h2, h3 { line-height: 1.2; } h2 { margin-top: 2em; border-bottom: 1px solid #dfe3e8; padding-bottom: 4px; }
table { border-collapse: collapse; margin: 12px 0; } th, td { border: 1px solid #dfe3e8; padding: 4px 10px; text-align: left; }
th { background: #f0f2f5; } td { font-variant-numeric: tabular-nums; } code { background: #f0f2f5; padding: 0 3px; }
.pass { color: #17703a; } .fail { color: #b3261e; font-weight: 600; } .none { color: #6b7480; }
figure { margin: 16px 0; overflow-x: auto; } figcaption { font-weight: 600; }
`;

function blockToHtml(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}>${inline(block.text)}</h${block.level}>`;
    case 'text':
      return `<p>${inline(block.text)}</p>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${inline(item)}</li>`).join('')}</ul>`;
    case 'table':
      return `<table><thead>${row('th', block.head)}</thead><tbody>${block.rows.map((cells) => row('td', cells)).join('')}</tbody></table>`;
    case 'chart':
      return `<figure><figcaption>${inline(block.title)}</figcaption>${block.svg}</figure>`;
  }
}

const row = (cell: 'th' | 'td', cells: readonly string[]): string =>
  `<tr>${cells.map((words) => `<${cell}${classOf(words)}>${inline(words)}</${cell}>`).join('')}</tr>`;

const classes: Readonly<Record<string, string>> = {
  pass: 'pass',
  '**fail**': 'fail',
  'not measured': 'none',
  'not given': 'none',
};

function classOf(words: string): string {
  const name = classes[words];
  return name === undefined ? '' : ` class="${name}"`;
}

function inline(words: string): string {
  return escapeHtml(words)
    .replace(/\*\*(.+?)\*\*/g, '<strong>$1</strong>')
    .replace(/`(.+?)`/g, '<code>$1</code>');
}

function escapeHtml(words: string): string {
  return words.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
