/** `proxy-service-2` is a replica of `proxy-service`. */
export const serviceOf = (part: string): string => part.replace(/-\d+$/, '');

/** Whether a part is one of our services that calls go through, or a replica of one: each is a Node.js process, which uses one core at most. */
export const isService = (part: string): boolean => /-service$|^adapter-/.test(serviceOf(part));
