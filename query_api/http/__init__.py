"""What the routes share: whom a request speaks for, its parameters and body, and how it is answered."""
