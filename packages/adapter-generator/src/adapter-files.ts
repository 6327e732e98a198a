import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { AdapterPlan } from './adapter-plan.ts';
import { keepRegions } from './keep-regions.ts';
import { renameIn } from './name-forms.ts';

/** Contents by path, relative to the adapter's folder. */
export type AdapterFiles = ReadonlyMap<string, string>;

const templateFolder = join(import.meta.dirname, '../template');

/** What stands in the template for what a plan says; the rest of it is an adapter like any other. */
const template = {
  tool: 'template_tool',
  action: 'template_action',
  baseUrl: 'https://api.template-tool.example',
  description: 'Template description.',
  port: '4010',
  date: '2026-11-25',
} as const;

/** The files of an adapter as its plan wants it; they still have to be formatted. */
export function adapterFiles(plan: AdapterPlan): AdapterFiles {
  const paths = globSync('**/*', { cwd: templateFolder })
    .filter((path) => statSync(join(templateFolder, path)).isFile())
    .filter((path) => plan.hasCredential || !/credential/.test(path));
  return new Map(
    paths.map((path) => [
      rename(path, plan),
      adapt(path, readFileSync(join(templateFolder, path), 'utf8'), plan),
    ]),
  );
}

function adapt(path: string, text: string, plan: AdapterPlan): string {
  const chosen = withEffect(withoutCredential(path, keepRegions(text, regionsOf(plan)), plan), plan);
  return rename(
    chosen
      .replaceAll(`${template.baseUrl}/docs`, plan.baseUrl)
      .replaceAll(template.baseUrl, plan.baseUrl)
      .replaceAll(template.description, plan.description)
      .replaceAll(template.port, String(plan.port))
      .replaceAll(template.date, plan.date),
    plan,
  );
}

function rename(text: string, { tool, action }: AdapterPlan): string {
  return renameIn(renameIn(text, template.action, action), template.tool, tool);
}

function regionsOf({ hasCredential, effect }: AdapterPlan): ReadonlySet<string> {
  return new Set([...(hasCredential ? ['credential'] : []), ...(effect === 'read' ? ['read'] : [])]);
}

/** What else changes with what the action does to the world. */
function withEffect(text: string, { effect }: AdapterPlan): string {
  const renamed = text
    .replace("effect: 'read'", `effect: '${effect}'`)
    .replace('`template_action` | read |', `\`template_action\` | ${effect} |`);
  return effect === 'effect'
    ? renamed.replace(
        "assert.equal(body.code, 'upstream.failed')",
        "assert.equal(body.code, 'upstream.outcome_unknown')",
      )
    : renamed;
}

/** JSON has no comments that could mark a region. */
function withoutCredential(path: string, text: string, { hasCredential }: AdapterPlan): string {
  if (hasCredential || !path.endsWith('.json')) return text;
  const document = JSON.parse(text);
  if (path === 'adapter.json') {
    document.credential = false;
    delete document.mock.TEMPLATE_TOOL_API_KEY;
  }
  if (path === 'simulated-provider.json') {
    delete document.credential;
    document.answers = document.answers.filter(({ status }: { status?: number }) => status !== 401);
  }
  return JSON.stringify(document, null, 2);
}
