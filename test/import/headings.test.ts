import { beforeEach, expect, test } from "vitest";
import { imported } from "../support/imports.ts";
import { Organization } from "../support/makers.ts";

/** Column headings of other systems and languages, imported without a mapping. */

let organization: Organization;
beforeEach(async () => {
  organization = await Organization.make();
});

test.for([
  [
    "Pipedrive",
    "Person - Name,Person - Email - Work,Person - Phone - Mobile,Organization - Name",
    "NAME EMAIL PHONE COMPANY",
  ],
  ["Mailchimp", "Email Address,First Name,Last Name,TAGS,MEMBER_RATING", "EMAIL FIRST_NAME LAST_NAME TAGS -"],
  [
    "Outlook",
    "First Name,Last Name,Company,Job Title,Business Street,Home Street,E-mail Address,E-mail 2 Address,Mobile Phone,Home Phone,Web Page",
    "FIRST_NAME LAST_NAME COMPANY TITLE STREET - EMAIL OTHER_EMAIL PHONE PHONE URL",
  ],
  [
    "Apollo",
    "First Name,Last Name,Title,Company Name,Email,Work Direct Phone,Person Linkedin Url,City,State,Country",
    "FIRST_NAME LAST_NAME TITLE COMPANY EMAIL PHONE LINKEDIN_URL CITY STATE COUNTRY",
  ],
  [
    "a French Excel",
    "Prénom;Nom;Adresse e-mail;Téléphone;Société;Fonction;Ville;Code postal;Pays",
    "FIRST_NAME LAST_NAME EMAIL PHONE COMPANY TITLE CITY ZIP COUNTRY",
  ],
  [
    "Spanish",
    "NOMBRE;Apellidos;Correo electrónico;Teléfono;Empresa;Dirección;Código Postal",
    "FIRST_NAME LAST_NAME EMAIL PHONE COMPANY STREET ZIP",
  ],
  [
    "Italian",
    "Nome;Cognome;Indirizzo e-mail;Cellulare;Azienda;Città",
    "FIRST_NAME LAST_NAME EMAIL PHONE COMPANY CITY",
  ],
  [
    "Portuguese",
    "Primeiro nome;Sobrenome;Endereço de e-mail;Telemóvel;Cidade",
    "FIRST_NAME LAST_NAME EMAIL PHONE CITY",
  ],
  [
    "Dutch",
    "Voornaam;Achternaam;E-mailadres;Telefoonnummer;Bedrijf;Woonplaats",
    "FIRST_NAME LAST_NAME EMAIL PHONE COMPANY CITY",
  ],
  [
    "Polish",
    "Imię;Nazwisko;Adres e-mail;Numer telefonu;Nazwa firmy;Kod pocztowy",
    "FIRST_NAME LAST_NAME EMAIL PHONE COMPANY ZIP",
  ],
  [
    "an address at home and one at work, which do not mix",
    "Name,Home Street,Home City,Business City,Business Country",
    "NAME STREET CITY - -",
  ],
  [
    "two addresses of Outlook, with a salutation",
    "Title,First Name,Business Street,Business City,Business Country/Region,Home Street,Home Postal Code,Job Title",
    "- FIRST_NAME STREET CITY COUNTRY - - TITLE",
  ],
  ["two addresses of Salesforce", "LastName,MailingStreet,OtherCity,Country", "LAST_NAME STREET - COUNTRY"],
  [
    "two numbered addresses",
    "Name,Address 1 - Street,Address 2 - Street,Address 2 - City,Address 2 - Country",
    "NAME - STREET CITY COUNTRY",
  ],
  [
    "a German Outlook",
    "Vorname;Straße geschäftlich;Ort geschäftlich;Ort privat;Telefon (privat)",
    "FIRST_NAME STREET CITY - PHONE",
  ],
  [
    "German, in capitals",
    "VORNAME;NACHNAME;E_MAIL_ADRESSE;HANDY;FIRMA;STRASSE;PLZ;ORT",
    "FIRST_NAME LAST_NAME EMAIL PHONE COMPANY STREET ZIP CITY",
  ],
])("columns of %s go where a person expects", async ([, headings = "", fields]) => {
  const delimiter = headings.includes(";") ? ";" : ",";
  const job = await imported(organization, `${headings}\n${headings.replace(/[^,;]+/g, "")}\n`);
  expect(job.columns.map(({ field }) => field ?? "-").join(" ")).toBe(fields);
  expect(job.delimiter).toBe(delimiter);
});
