/** What an agent's author writes after the library's own README, settings by its own variables. Prints what was answered. */
import { OpenAI } from 'openai';

const openai = new OpenAI({ maxRetries: 0 });
const question = {
  model: 'gpt-4o-mini',
  messages: [{ role: 'user' as const, content: 'Why is the sky blue?' }],
};

const completion = await openai.chat.completions.create(question);
let streamed = '';
for await (const chunk of await openai.chat.completions.create({ ...question, stream: true }))
  streamed += chunk.choices[0]?.delta.content ?? '';
process.stdout.write(JSON.stringify({ whole: completion.choices[0]?.message.content, streamed }));
