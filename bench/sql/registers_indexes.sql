ALTER TABLE places ADD PRIMARY KEY (id);
ALTER TABLE institutions ADD PRIMARY KEY (id);
ALTER TABLE workers ADD PRIMARY KEY (id);
ALTER TABLE residents ADD PRIMARY KEY (id);
CREATE INDEX ON residents (place);
CREATE INDEX ON residents (birth_date)
