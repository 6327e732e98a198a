import type { RequestParts } from './request-parts.ts';

const onlyReference = /^\{([\w.-]+)\}$/;
const references = /\{([\w.-]+)\}/g;

/** A template with parts of the request in place of its references; of one that is not there, nothing remains. */
export function fillTemplate(template: unknown, parts: RequestParts): unknown {
  if (typeof template === 'string') return fillText(template, parts);
  if (Array.isArray(template)) return template.map((item) => fillTemplate(item, parts));
  if (typeof template !== 'object' || template === null) return template;
  const filled = Object.entries(template).map(([name, value]) => [name, fillTemplate(value, parts)]);
  return Object.fromEntries(filled);
}

function fillText(text: string, parts: RequestParts): unknown {
  const only = onlyReference.exec(text)?.[1];
  if (only !== undefined) return parts(only);
  return text.replaceAll(references, (_all, reference: string) => String(parts(reference) ?? ''));
}
