"""Operations of the API, by subject."""
