/** Whether a text is an absolute http or https address; other schemes could run code where it is shown as a link. */
export const isWebUrl = (text: string): boolean =>
  URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
