/** What k6 has of the console; its types leave it to those of browsers. */
declare const console: { error(text: string): void };
