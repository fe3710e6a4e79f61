"""Words that are often names of columns, in some languages."""

_WORDS = """
id key code name names first last full middle title type kind class category group date time datetime timestamp day
month year week hour quarter start end begin from to created updated modified status state city country region county
town street address zip postcode postal phone mobile email mail url link website ip user username login customer client
supplier vendor employee person people age sex gender price cost amount total sum count number no nr num qty quantity
units unit value values score rate rating rank percent percentage share currency product item sku order invoice
description desc comment comments note notes text message label tag tags lat lon long latitude longitude width height
length weight size area depth color colour temperature temp pressure humidity wind speed duration department dept
company organisation organization school position role job salary income balance account bank source target version
language lang species sample result index idx row column col x y z level mean median min max std avg average flag active
enabled file path host port server model brand make population sales revenue profit budget station sensor reading
measurement method test question answer author publisher isbn genre team player goals points season home away vorname
nachname ort stadt plz strasse straße land datum preis menge betrag anzahl wert nummer artikel kunde beschreibung umsatz
einheit bestand telefon geburtsdatum geschlecht alter jahr monat nom prenom prénom ville pays prix quantité quantite
montant adresse rue téléphone libellé code_postal annee année mois jour nombre apellido ciudad pais país fecha precio
cantidad direccion dirección telefono teléfono edad año mes importe nome cognome città citta data prezzo quantità
indirizzo valore codice naam achternaam plaats prijs aantal imię imie nazwisko miasto kraj cena ilość wartość kod имя
фамилия город дата цена количество адрес 名前 日付 価格 姓名 日期 价格
"""

USUAL = frozenset(_WORDS.split())
