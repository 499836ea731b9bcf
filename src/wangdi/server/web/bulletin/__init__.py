"""The yearly bulletin: a pack lists its figures by chapter; page, spreadsheet and PDF are made from one reading of them."""
