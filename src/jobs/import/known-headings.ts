import type { ImportField } from "./places.ts";

/** Headings of common files: in eight languages, and from the systems that export them. Pure. */

const listed = (words: string): readonly string[] => words.trim().split(/,\s+/);

/**
 * Headings in addition to those of the tables of columns, best first: of several columns that claim a field with one
 * value, the one whose heading comes first gets it. English, German, French, Spanish, Italian, Portuguese, Dutch,
 * Polish; Google Contacts, Outlook, LinkedIn, HubSpot, Salesforce, Pipedrive, Mailchimp, Apollo.
 */
export const otherHeadings: Readonly<Partial<Record<ImportField, readonly string[]>>> = {
  NAME: listed(`
    display name, file as, person name, contact name, vollständiger name, nom complet, nombre completo,
    nome completo, volledige naam, naam, imię i nazwisko, nazwa
  `),
  FIRST_NAME: listed(`
    first, forename, fname, vorname, prenom, nombre, nombre de pila, nome, primeiro nome, nome proprio,
    voornaam, imię
  `),
  LAST_NAME: listed(`
    last, lname, nachname, familienname, nom, nom de famille, apellido, apellidos, cognome, sobrenome, apelido,
    achternaam, familienaam, nazwisko
  `),
  EMAIL: listed(`
    primary email, work email, business email, e mail address, email work, email 1, e mail adresse, mailadresse,
    adresse e mail, adresse email, adresse mail, courriel, correo electrónico, correo,
    dirección de correo electrónico, indirizzo e mail, indirizzo email, posta elettronica, endereço de e mail,
    endereço de email, correio eletrónico, correio eletrônico, e mailadres, emailadres, adres e mail,
    adres email, poczta elektroniczna, email home, home email, personal email, email other, other email,
    secondary email
  `),
  OTHER_EMAIL: listed(`
    email addresses, weitere e mail, weitere e mails, andere e mail, autre e mail, autres e mails,
    otro correo, otros correos, altra e mail, altre e mail, outro e mail, outros e mails, ander e mailadres,
    inny e mail, inne adresy e mail
  `),
  PHONE: listed(`
    primary phone, mobile number, mobile phone number, cell, cell phone, work phone, business phone,
    work direct phone, company main phone, corporate phone, direct phone, home phone, other phone, phone work,
    phone mobile, phone home, phone other, tel, telefon, telefonnummer, rufnummer, handy, handynummer, mobil,
    mobiltelefon, mobilnummer, telefon geschäftlich, telefon privat, téléphone, numéro de téléphone, portable,
    téléphone portable, téléphone mobile, teléfono, número de teléfono, móvil, teléfono móvil, celular,
    telefono, numero di telefono, cellulare, telefone, número de telefone, telemóvel, telefoon, telefoonnummer,
    mobiel, mobiele telefoon, gsm, numer telefonu, komórka, telefon komórkowy, business phone 2, home phone 2,
    car phone
  `),
  COMPANY: listed(`
    company name, account name, organization name, organisation name, associated company, associated companies,
    primary company, employer, business, firma, firmenname, unternehmen, organisation, société, entreprise,
    empresa, compañía, organización, azienda, società, ditta, organizzazione, companhia, organização, bedrijf,
    bedrijfsnaam, organisatie, nazwa firmy, przedsiębiorstwo, organizacja, company name for emails
  `),
  TITLE: listed(`
    organization title, occupation, berufsbezeichnung, stellenbezeichnung, jobtitel, funktion, fonction, poste,
    intitulé du poste, titre, cargo, puesto, título, ruolo, qualifica, posizione, função, functie, functietitel,
    stanowisko
  `),
  STREET: listed(`
    mailing street, business street, work street, address street, street address line 1, address 1,
    address line 1, address line, street line, mailing address line, mailing address, company street, company address, postal address, straße, strasse,
    straße und hausnummer, anschrift, adresse, rue, adresse postale, calle, dirección, via, indirizzo, rua,
    endereço, morada, straat, adres, ulica, home street, other street
  `),
  CITY: listed(`
    mailing city, business city, work city, address city, company city, stadt, ort, wohnort, ville, ciudad,
    localidad, città, comune, cidade, localidade, stad, plaats, woonplaats, miasto, miejscowość, home city,
    other city
  `),
  STATE: listed(`
    mailing state province, mailing state, state region, state province, business state, work state,
    address region, address state, company state, bundesland, kanton, région, département, provincia, estado,
    comunidad autónoma, regione, distrito, provincie, województwo, home state, other state
  `),
  ZIP: listed(`
    mailing zip postal code, mailing zip, mailing postal code, business postal code, work postal code,
    address postal code, address zip, company zip, company postal code, plz, postleitzahl, code postal,
    código postal, codice postale, cap, cep, postcode, kod pocztowy, home postal code, other postal code
  `),
  COUNTRY: listed(`
    mailing country, business country region, business country, work country, address country, country region,
    company country, land, staat, pays, país, paese, nazione, kraj, home country region, home country,
    other country region, other country
  `),
  URL: listed(`
    website url, web page, webpage, homepage, company website, personal web page, webseite, internetseite,
    site web, site internet, sitio web, página web, sito web, site, strona www, strona internetowa
  `),
  LINKEDIN_URL: listed(`
    linkedin profile, linkedin profile url, person linkedin url, linkedin bio
  `),
  SOURCE: listed(`
    original source, quelle, herkunft, leadquelle, origine, fuente, origen, fonte, origem, bron, źródło
  `),
  NOTES: listed(`
    bemerkung, bemerkungen, notiz, notizen, anmerkungen, kommentar, remarques, commentaires, notas,
    observaciones, comentarios, note personali, osservazioni, observações, comentários, notities, opmerkingen,
    notatki, uwagi
  `),
  OWNER: listed(`
    contact owner, lead owner, record owner, hubspot owner, assigned to, zuständig, besitzer, verantwortlich,
    inhaber, propriétaire, responsable, propietario, proprietario, responsabile, proprietário, responsável,
    eigenaar, właściciel
  `),
  TAGS: listed(`
    group membership, categories, category, keywords, schlagwörter, stichwörter, kategorien, étiquettes,
    mots clés, catégories, etiquetas, categorías, etichette, categorie, trefwoorden, tagi, etykiety, kategorie
  `),
  DO_NOT_CONTACT: listed(`
    do not email, do not mail, email opt out, opt out, opted out, has opted out of email, unsubscribed,
    unsubscribed from all email, nicht kontaktieren, keine werbung, ne pas contacter, no contactar,
    non contattare, não contactar, não contatar, niet contacteren, nie kontaktować, unsubscribed date,
    unsub time, unsubscribe time, marketing status, email marketing status, subscription status,
    email subscription status, email subscriber status, email permission status, opt out date, opted out date
  `),
  ALLOW_PHONE_CALLS: listed(`
    anrufe erlaubt, do not call, nicht anrufen, ne pas appeler, no llamar
  `),
};
