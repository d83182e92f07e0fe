import { fold } from "../../lib/fold.ts";
import type { ImportField } from "./places.ts";

/** What the columns of people's files are called: in eight languages, and by the systems that export them. Pure. */

/**
 * Headings beside those of the tables of columns, the better ones first: of several columns that claim a field with one
 * value, the one whose heading stands first gets it. English, German, French, Spanish, Italian, Portuguese, Dutch,
 * Polish; Google Contacts, Outlook, LinkedIn, HubSpot, Salesforce, Pipedrive, Mailchimp, Apollo.
 */
export const otherHeadings: Readonly<Partial<Record<ImportField, readonly string[]>>> = {
  NAME: [
    ...["display name", "file as", "person name", "contact name", "vollständiger name", "nom complet"],
    ...["nombre completo", "nome completo", "volledige naam", "naam", "imię i nazwisko", "nazwa"],
  ],
  FIRST_NAME: [
    ...[
      "first",
      "forename",
      "fname",
      "vorname",
      "prenom",
      "nombre",
      "nombre de pila",
      "nome",
      "primeiro nome",
    ],
    ...["nome proprio", "voornaam", "imię"],
  ],
  LAST_NAME: [
    ...["last", "lname", "nachname", "familienname", "nom", "nom de famille", "apellido", "apellidos"],
    ...["cognome", "sobrenome", "apelido", "achternaam", "familienaam", "nazwisko"],
  ],
  EMAIL: [
    ...[
      "primary email",
      "work email",
      "business email",
      "e mail address",
      "email work",
      "email 1",
      "e mail adresse",
    ],
    ...[
      "mailadresse",
      "adresse e mail",
      "adresse email",
      "adresse mail",
      "courriel",
      "correo electrónico",
      "correo",
    ],
    ...["dirección de correo electrónico", "indirizzo e mail", "indirizzo email", "posta elettronica"],
    ...["endereço de e mail", "endereço de email", "correio eletrónico", "correio eletrônico", "e mailadres"],
    ...["emailadres", "adres e mail", "adres email", "poczta elektroniczna", "email home", "home email"],
    ...["personal email", "email other", "other email", "secondary email"],
  ],
  PHONE: [
    ...[
      "primary phone",
      "mobile number",
      "mobile phone number",
      "cell",
      "cell phone",
      "work phone",
      "business phone",
    ],
    ...[
      "work direct phone",
      "company main phone",
      "corporate phone",
      "direct phone",
      "home phone",
      "other phone",
    ],
    ...[
      "phone work",
      "phone mobile",
      "phone home",
      "phone other",
      "tel",
      "telefon",
      "telefonnummer",
      "rufnummer",
    ],
    ...[
      "handy",
      "handynummer",
      "mobil",
      "mobiltelefon",
      "mobilnummer",
      "telefon geschäftlich",
      "telefon privat",
    ],
    ...["téléphone", "numéro de téléphone", "portable", "téléphone portable", "téléphone mobile", "teléfono"],
    ...[
      "número de teléfono",
      "móvil",
      "teléfono móvil",
      "celular",
      "telefono",
      "numero di telefono",
      "cellulare",
    ],
    ...[
      "telefone",
      "número de telefone",
      "telemóvel",
      "telefoon",
      "telefoonnummer",
      "mobiel",
      "mobiele telefoon",
    ],
    ...[
      "gsm",
      "numer telefonu",
      "komórka",
      "telefon komórkowy",
      "business phone 2",
      "home phone 2",
      "car phone",
    ],
  ],
  COMPANY: [
    ...["company name", "account name", "organization name", "organisation name", "associated company"],
    ...[
      "associated companies",
      "primary company",
      "employer",
      "business",
      "firma",
      "firmenname",
      "unternehmen",
    ],
    ...[
      "organisation",
      "société",
      "entreprise",
      "empresa",
      "compañía",
      "organización",
      "azienda",
      "società",
      "ditta",
    ],
    ...[
      "organizzazione",
      "companhia",
      "organização",
      "bedrijf",
      "bedrijfsnaam",
      "organisatie",
      "nazwa firmy",
    ],
    ...["przedsiębiorstwo", "organizacja", "company name for emails"],
  ],
  TITLE: [
    ...[
      "organization title",
      "occupation",
      "berufsbezeichnung",
      "stellenbezeichnung",
      "jobtitel",
      "funktion",
    ],
    ...["fonction", "poste", "intitulé du poste", "titre", "cargo", "puesto", "título", "ruolo", "qualifica"],
    ...["posizione", "função", "functie", "functietitel", "stanowisko"],
  ],
  STREET: [
    ...[
      "mailing street",
      "business street",
      "work street",
      "address street",
      "street address line 1",
      "address 1",
    ],
    ...["address line 1", "mailing address", "company street", "company address", "postal address", "straße"],
    ...[
      "strasse",
      "straße und hausnummer",
      "anschrift",
      "adresse",
      "rue",
      "adresse postale",
      "calle",
      "dirección",
    ],
    ...[
      "via",
      "indirizzo",
      "rua",
      "endereço",
      "morada",
      "straat",
      "adres",
      "ulica",
      "home street",
      "other street",
    ],
  ],
  CITY: [
    ...[
      "mailing city",
      "business city",
      "work city",
      "address city",
      "company city",
      "stadt",
      "ort",
      "wohnort",
    ],
    ...[
      "ville",
      "ciudad",
      "localidad",
      "città",
      "comune",
      "cidade",
      "localidade",
      "stad",
      "plaats",
      "woonplaats",
    ],
    ...["miasto", "miejscowość", "home city", "other city"],
  ],
  STATE: [
    ...[
      "mailing state province",
      "mailing state",
      "state region",
      "state province",
      "business state",
      "work state",
    ],
    ...["address region", "address state", "company state", "bundesland", "kanton", "région", "département"],
    ...["provincia", "estado", "comunidad autónoma", "regione", "distrito", "provincie", "województwo"],
    ...["home state", "other state"],
  ],
  ZIP: [
    ...[
      "mailing zip postal code",
      "mailing zip",
      "mailing postal code",
      "business postal code",
      "work postal code",
    ],
    ...["address postal code", "address zip", "company zip", "company postal code", "plz", "postleitzahl"],
    ...[
      "code postal",
      "código postal",
      "codice postale",
      "cap",
      "cep",
      "código postal",
      "postcode",
      "kod pocztowy",
    ],
    ...["home postal code", "other postal code"],
  ],
  COUNTRY: [
    ...["mailing country", "business country region", "business country", "work country", "address country"],
    ...["country region", "company country", "land", "staat", "pays", "país", "paese", "nazione", "kraj"],
    ...["home country region", "home country", "other country region", "other country"],
  ],
  URL: [
    ...["website url", "web page", "webpage", "homepage", "company website", "personal web page", "webseite"],
    ...[
      "internetseite",
      "site web",
      "site internet",
      "sitio web",
      "página web",
      "sito web",
      "site",
      "strona www",
    ],
    ...["strona internetowa"],
  ],
  LINKEDIN_URL: ["linkedin profile", "linkedin profile url", "person linkedin url", "linkedin bio"],
  SOURCE: [
    ...[
      "original source",
      "quelle",
      "herkunft",
      "leadquelle",
      "origine",
      "fuente",
      "origen",
      "fonte",
      "origem",
    ],
    ...["bron", "źródło"],
  ],
  NOTES: [
    ...[
      "bemerkung",
      "bemerkungen",
      "notiz",
      "notizen",
      "anmerkungen",
      "kommentar",
      "remarques",
      "commentaires",
    ],
    ...[
      "notas",
      "observaciones",
      "comentarios",
      "note personali",
      "osservazioni",
      "observações",
      "comentários",
    ],
    ...["notities", "opmerkingen", "notatki", "uwagi"],
  ],
  TAGS: [
    ...[
      "group membership",
      "categories",
      "category",
      "keywords",
      "schlagwörter",
      "stichwörter",
      "kategorien",
    ],
    ...[
      "étiquettes",
      "mots clés",
      "catégories",
      "etiquetas",
      "categorías",
      "etichette",
      "categorie",
      "trefwoorden",
    ],
    ...["tagi", "etykiety", "kategorie"],
  ],
  DO_NOT_CONTACT: [
    ...["do not email", "do not mail", "email opt out", "opt out", "opted out", "has opted out of email"],
    ...[
      "unsubscribed",
      "unsubscribed from all email",
      "nicht kontaktieren",
      "keine werbung",
      "ne pas contacter",
    ],
    ...[
      "no contactar",
      "non contattare",
      "não contactar",
      "não contatar",
      "niet contacteren",
      "nie kontaktować",
    ],
  ],
  ALLOW_PHONE_CALLS: ["anrufe erlaubt", "do not call", "nicht anrufen", "ne pas appeler", "no llamar"],
};

/** Longest text that may be a known heading, in UTF-16 units: longer ones are not looked at. */
const MAX_HEADING = 100;

/** Headings under which yes means that they accept no calls. */
const negated = new Set(["do not call", "nicht anrufen", "ne pas appeler", "no llamar"].map(looseKey));

/** Whether a column says the contrary of the field to which it goes. */
export const isNegated = (heading: string, field: ImportField): boolean =>
  field === "ALLOW_PHONE_CALLS" && negated.has(looseKey(heading));

/**
 * A heading as it is compared: letters and digits without accents, one space between words, camelCase taken apart.
 * `E-mail 1 - Value` is `e mail 1 value`, `Straße` is `strasse`, `HasOptedOutOfEmail` is `has opted out of email`.
 */
export function headingKey(heading: string): string {
  return fold(heading.replace(/(\p{Ll})(\p{Lu})/gu, "$1 $2"))
    .normalize("NFKD")
    .replace(/\p{Mn}+/gu, "")
    .replaceAll("ß", "ss")
    .replaceAll("ł", "l")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}

/** A heading's key by what it may be known, with what stands around it taken away. */
interface Candidate {
  readonly key: string;
  /** The number of a numbered column, else 1. */
  readonly number: number;
}

/**
 * By what a heading may be known: as it is; without its number and the word that its system adds (`Phone 2 - Value`);
 * without whom it is of (`Person - Email - Work`).
 */
export function candidates(heading: string): readonly Candidate[] {
  if (heading.length > MAX_HEADING) return [];
  const key = headingKey(heading);
  const number = Number(/ (\d{1,2})(?= |$)/.exec(key)?.[1] ?? 1);
  const plain = key.replace(/ \d{1,2}(?= |$)/, "").replace(/ value$/, "");
  const ofWhom = plain.replace(/^(person|contact|lead|kontakt|personne|persona) (?=.)/, "");
  return [
    { key, number: 1 },
    { key: plain, number },
    { key: ofWhom, number },
  ];
}

/** A heading's key without spaces: `E-Mail` and `Email`, `LinkedIn` and `Linked in` are the same. */
export function looseKey(heading: string): string {
  return headingKey(heading).replaceAll(" ", "");
}

/** Whether a file with these headings is LinkedIn's list of connections, in which `URL` is the profile. */
export const areConnections = (headings: readonly string[]): boolean =>
  headings.some((heading) => heading.length <= MAX_HEADING && looseKey(heading) === "connectedon");
