export { isCompactJws } from './compact-form.ts';
