/**
 * Stands for the global `FormData` in the programs. Naming the real one loads the whole of Node's `fetch`, 12 MB and 15 ms,
 * and a package asks of every answer whether it is a `URLSearchParams` or a form. The control plane has no forms.
 */
export const FormData = URLSearchParams;
