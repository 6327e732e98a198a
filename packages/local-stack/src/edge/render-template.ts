const placeholder = /\$\{([A-Z][A-Z0-9_]*)\}/g;

/**
 * Fills in the `${NAME}` placeholders of a template, as envsubst does; `$name` is nginx's own and stays. Unlike envsubst it
 * refuses a placeholder without a value.
 */
export function renderTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(placeholder, (_match, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`the template needs a value for ${name}`);
    return value;
  });
}
