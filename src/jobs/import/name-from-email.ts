/**
 * A name from the words of an e-mail address: "Mara Quint" from mara.quint+news@example.com. Pure.
 *
 * @returns the address itself if its local part has no letters
 */
export function nameFromEmail(email: string): string {
  const [local = ""] = email.trim().split("@");
  const words = (local.split("+")[0] ?? "").split(/[^\p{L}\p{M}']+/u).filter((word) => /\p{L}/u.test(word));
  if (words.length === 0) return email.trim();
  return words.map((word) => word.replace(/^\p{L}/u, (letter) => letter.toUpperCase())).join(" ");
}
