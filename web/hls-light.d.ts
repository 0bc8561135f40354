/** The same without what live channels do not need; it comes without types of its own. */
declare module 'hls.js/light' {
  export { default as Hls } from 'hls.js';
}
